// The JavaScript half of cme_reflex/reflex_bridge: two React components that the built application
// takes in around all pages. HydrationBuffer stands between the server's answers and the pages,
// CommandQueue between the pages and the server.
//
// Relies on: `$/utils/context-registry` exports DispatchContext (a function per state that takes
// its delta), EventLoopContext (addEvents and the connection's errors) and eventLoop, whose
// addEvents every page calls, and `is_hydrated_rx_state_` is false in the first answer of a server
// that does not know the tab.

import { createElement, Fragment, useContext, useEffect, useMemo } from "react";
import { DispatchContext, EventLoopContext, eventLoop } from "$/utils/context-registry";
import { defaults, listen } from "$/public/filled.js";
import * as queue from "$/public/command_queue.js";
import { restorePosition } from "$/public/restore_position.js";

const BUFFERED_AT_MOST = 5000; // ms

export function CommandQueue({ applied, refused, attendee, hydrated, children }) {
  const [addEvents, errors] = useContext(EventLoopContext);
  queue.setTransport(addEvents);
  // Reflex puts its own there each time it renders what is around this component.
  eventLoop.addEvents = queue.intercept;
  useEffect(() => queue.settle(applied, refused), [applied]);
  useEffect(() => queue.setOwner(attendee, hydrated), [attendee, hydrated]);
  useEffect(listen, []); // before the effect around it, which tells the server the address
  useEffect(() => queue.setConnected(!errors.length), [errors]);
  useEffect(() => void (hydrated && restorePosition()), [hydrated]);
  return createElement(Fragment, null, children);
}

// A server that does not know this tab any more answers with an empty page first and with
// what is on it after. Only both together are shown, so that nobody loses their place. A page that
// came filled is one that the server does not know yet, and of which it leaves out the defaults.

let buffer = null;
let hydratedOnce = Object.keys(defaults).length > 0;
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
  const hydrated = delta.is_hydrated_rx_state_;
  if (hydrated === false && hydratedOnce && !buffer) {
    buffer = { ...defaults };
    timeout = setTimeout(flush, BUFFERED_AT_MOST, dispatch);
  }
  hydratedOnce ||= hydrated === true;
  if (!buffer) return dispatch[name](delta);
  buffer[name] = { ...buffer[name], ...delta };
  if (hydrated === true) flush(dispatch);
}

export function HydrationBuffer({ children }) {
  const dispatch = useContext(DispatchContext);
  const buffered = useMemo(() => {
    const one = (name) => [name, (delta) => receive(dispatch, name, delta)];
    return Object.fromEntries(Object.keys(dispatch).map(one));
  }, [dispatch]);
  return createElement(DispatchContext.Provider, { value: buffered }, children);
}
