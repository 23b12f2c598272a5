"""What the operations of eSMS do. One file each."""

from mockserver.providers.esms.operations.checkcode import CheckCode
from mockserver.providers.esms.operations.gencode import GenCode

HANDLERS = {
    "SendMessageAutoGenCode_V4_get": GenCode(),
    "CheckCodeGen_V4_get": CheckCode(),
}
