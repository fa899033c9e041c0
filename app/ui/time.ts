/** Times and lengths of time in words: relative for an hour, then the clock, then the day. */
import { createSubscriber } from "svelte/reactivity";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** "just now", "5 min ago", "12:41", "yesterday", "9 Mar", "9 Mar 2024". */
export function ago(at: number, now: number): string {
  const since = now - at;
  if (since < MINUTE) return "just now";
  if (since < HOUR) return `${Math.floor(since / MINUTE)} min ago`;
  if (sameDay(at, now)) return clockOf(at);
  if (sameDay(at, now - 24 * HOUR)) return "yesterday";
  return dayOf(at, now);
}

/** When something ran, to the minute: "12:41", or "9 Mar 12:41" on another day. */
export function clock(at: number, now: number): string {
  return sameDay(at, now) ? clockOf(at) : `${dayOf(at, now)} ${clockOf(at)}`;
}

/** "6 ms", "1.8 s", "22 s", "3 min 5 s", "2 h 10 min". */
export function duration(ms: number): string {
  if (ms < 100) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 9950) return `${(ms / SECOND).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

/** The time of now as a rune: read anew every `everyMs` while somebody reads it. */
export function ticking(everyMs: number): { readonly now: number } {
  const subscribe = createSubscriber((update) => {
    const timer = setInterval(update, everyMs);
    return () => clearInterval(timer);
  });
  return {
    get now() {
      subscribe();
      return Date.now();
    },
  };
}

function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

function clockOf(at: number): string {
  const date = new Date(at);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

function dayOf(at: number, now: number): string {
  const date = new Date(at);
  const year = date.getFullYear() === new Date(now).getFullYear() ? "" : ` ${date.getFullYear()}`;
  return `${date.getDate()} ${MONTHS[date.getMonth()] ?? ""}${year}`;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
