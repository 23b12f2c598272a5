"""What the commands of this folder share. It knows the sandbox as its users do: by its command and over HTTP."""
