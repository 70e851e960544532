// JavaScript half of cme_reflex/reflex_bridge: two React components around all pages.
// HydrationBuffer wraps the path from the server to the pages, CommandQueue the way back.
//
// Relies on: `$/utils/context-registry` exports DispatchContext (a function per state that applies
// its delta), EventLoopContext (addEvents and the connection's errors) and eventLoop, whose
// addEvents every page calls, and `is_hydrated_rx_state_` is false in the first reply of a server
// that does not know the tab.

import {
  createElement, Fragment, useContext, useEffect, useLayoutEffect, useMemo,
} from "react";
import { DispatchContext, EventLoopContext, eventLoop } from "$/utils/context-registry";
import * as firstValues from "$/public/first_values.js";
import { sawVersion } from "$/public/meeting.js";
import * as queue from "$/public/command_queue.js";
import * as actions from "$/public/immediate_actions.js";
import { restorePosition } from "$/public/restore_position.js";

// The server's replies to commands, until what came with them is rendered. The state holds the last
// one only: of two that are rendered together, the first would be lost.
const replies = [];

const BUFFER_TIMEOUT = 5000; // ms

export function CommandQueue({ reply, attendee, version, hydrated, commands, words, children }) {
  const [addEvents, errors] = useContext(EventLoopContext);
  queue.setTransport(addEvents);
  queue.declare(commands, words);
  // Reflex resets this each time it renders a parent of this component.
  eventLoop.addEvents = actions.intercept;
  useEffect(() => {
    for (const { command, outcome, reason } of replies.splice(0)) {
      actions.settle(command, outcome);
      queue.settle(command, outcome, reason);
    }
  }, [reply]);
  // Within the commit: when the live page is there, what was tapped on the first screen is queued.
  useLayoutEffect(() => queue.setOwner(attendee, false), [attendee]);
  useEffect(() => queue.setOwner(attendee, hydrated), [attendee, hydrated]);
  useEffect(() => sawVersion(version), [version]);
  // Before the parent's effect, which sends the address to the server.
  useEffect(() => firstValues.begin(dispatchers), []);
  useEffect(() => queue.setConnected(!errors.length), [errors]);
  useEffect(() => void (hydrated && restorePosition()), [hydrated]);
  return createElement(Fragment, null, children);
}

// A server that has lost this tab's state replies with an empty page first and its content after.
// Both are applied together, so that the page keeps its position. A page with a first screen has
// values before the server has a state: it omits what is the default, so the defaults are added.

let dispatchers = null; // Reflex's own, by the names of the states
let buffer = null;
let hydratedOnce = firstValues.areInPage;
let timeout = 0;

function flush(dispatch) {
  const deltas = buffer ?? {};
  buffer = null;
  clearTimeout(timeout);
  for (const [name, delta] of Object.entries(deltas)) dispatch[name](delta);
  queue.resume();
}

function receive(dispatch, name, delta) {
  queue.markAlive();
  if (delta.reply_rx_state_) replies.push(delta.reply_rx_state_);
  const hydrated = delta.is_hydrated_rx_state_;
  if (hydrated === false && hydratedOnce && !buffer) {
    buffer = firstValues.defaults();
    timeout = setTimeout(flush, BUFFER_TIMEOUT, dispatch);
  }
  hydratedOnce ||= hydrated === true;
  if (!buffer) return dispatch[name](delta);
  buffer[name] = { ...buffer[name], ...delta };
  if (hydrated === true) flush(dispatch);
}

export function HydrationBuffer({ children }) {
  dispatchers = useContext(DispatchContext);
  const buffered = useMemo(() => {
    const one = (name) => [name, (delta) => receive(dispatchers, name, delta)];
    return Object.fromEntries(Object.keys(dispatchers).map(one));
  }, [dispatchers]);
  return createElement(DispatchContext.Provider, { value: buffered }, children);
}
