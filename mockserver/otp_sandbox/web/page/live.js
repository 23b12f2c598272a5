// What happens in a lane, as it happens: the event stream, and a look each second while there is none.
import { ROOT, call } from "./api.js";

const AGAIN = 1000;
const LOOKS = 30;
const SHOWN = 50;
const HIDDEN = 60_000;
const LOGS = { message: "messages", code: "codes", request: "requests", callback: "callbacks", rental: "rentals" };

/**
 * Follow a lane until it is stopped. What it holds is read when the stream has begun, so that nothing falls between.
 * @param {LaneView} lane
 * @param {Object} told
 * @param {function()} told.loaded what the lane holds was read
 * @param {function(string, Error?)} told.state "live", "lost", or "gone", which is the end
 * @param {function(Object)} told.fault a fault fired
 */
export async function follow(lane, told) {
  const { signal } = lane.stopped;
  let last = null;
  while (!signal.aborted) {
    const stream = new AbortController();
    const woken = closeWhileHidden(stream, signal);
    try {
      const headers = { Accept: "text/event-stream", ...(last === null ? {} : { "Last-Event-ID": last }) };
      const answer = await call(ROOT + lane.path("/events"), { headers, signal: stream.signal });
      if (answer.ok) {
        if (last === null) await read(lane, told); // its head is there: what comes from now on stands in the stream
        for await (const event of events(answer.body)) {
          if (event.name === "gap") await read(lane, told);
          last = event.id || last;
          told.state("live");
          take(lane, event, told);
        }
      } else if (await isGone(lane)) {
        told.state("gone");
        return;
      } else {
        last = null;
        await look(lane, told);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!stream.signal.aborted) told.state("lost", error);
    }
    stream.abort();
    await woken();
    await pause(AGAIN, signal);
  }
}

async function read(lane, told) {
  await lane.load(told.loaded);
}

function take(lane, { name, data }, told) {
  if (data === null) return;
  if (name in LOGS) lane.put(LOGS[name], [data]);
  else if (name === "clock") lane.setClock(data);
  else if (name === "fault") told.fault(data);
}

/** Read server-sent events. EventSource does the same, but sends no token. */
async function* events(body) {
  let text = "";
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const event = { event: "", id: "", data: "" };
      for (const line of block.split("\n")) {
        const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
        if (field in event) event[field] += value;
      }
      yield { name: event.event, id: event.id, data: event.data ? JSON.parse(event.data) : null };
    }
  }
}

async function isGone(lane) {
  return (await call(`${ROOT}/lanes/${encodeURIComponent(lane.id)}`)).status === 404;
}

/** Look for a while, once a second, at what is new: there are as many streams as there may be. */
async function look(lane, told) {
  await read(lane, told);
  for (let looks = 0; looks < LOOKS && !lane.stopped.signal.aborted; looks += 1) {
    if (!document.hidden) {
      const [clock, ...pages] = await Promise.all([
        lane.get("/clock"),
        ...Object.values(LOGS).map((log) => lane.get(`/${log}?limit=${SHOWN}`)),
      ]);
      const missing = Object.values(LOGS).some((log, index) => pages[index][log].length < Math.min(SHOWN, lane.logs[log].size));
      if (missing) await read(lane, told); // something was taken away
      Object.values(LOGS).forEach((log, index) => lane.put(log, pages[index][log]));
      lane.setClock(clock);
      told.state("live");
    }
    await pause(AGAIN, lane.stopped.signal);
  }
}

/** Close a stream while nobody looks: a browser has six connections, over all tabs. Gives what waits for eyes. */
function closeWhileHidden(stream, signal) {
  let timer = null;
  const changed = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => stream.abort(), HIDDEN);
  };
  document.addEventListener("visibilitychange", changed);
  signal.addEventListener("abort", () => stream.abort(), { once: true });
  changed();
  return async () => {
    document.removeEventListener("visibilitychange", changed);
    clearTimeout(timer);
    while (document.hidden && !signal.aborted) {
      await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
    }
  };
}

const pause = (milliseconds, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
