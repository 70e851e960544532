// Two React components that the built application takes in around all pages: Hold stands between
// the server's answers and the pages, Outbox between the pages and the server.

import { createElement, Fragment, useContext, useEffect, useMemo } from "react";
import { DispatchContext, EventLoopContext, eventLoop } from "$/utils/context-registry";
import { defaults, listen } from "$/public/filled.js";
import { arrive, belongs, connected, hear, sends, settle, through } from "$/public/outbox.js";
import { putBack } from "$/public/place.js";

const HELD = 5000; // ms that answers are held at most

export function Outbox({ applied, refused, attendee, hydrated, children }) {
  const [addEvents, errors] = useContext(EventLoopContext);
  sends(addEvents);
  // Reflex puts its own there each time it renders what is around this component.
  eventLoop.addEvents = through;
  useEffect(() => settle(applied, refused), [applied]);
  useEffect(() => belongs(attendee, hydrated), [attendee, hydrated]);
  useEffect(listen, []); // before the effect around it, which tells the server the address
  useEffect(() => connected(!errors.length), [errors]);
  useEffect(() => void (hydrated && putBack()), [hydrated]);
  return createElement(Fragment, null, children);
}

// A server that does not know this tab any more answers with an empty page first and with
// what is on it after. Only both together are shown, so that nobody loses their place. A page that
// came filled is one that the server does not know yet, and of which it leaves out the defaults.

let held = null;
let begun = Object.keys(defaults).length > 0;
let limit = 0;

function release(dispatch) {
  const deltas = held ?? {};
  held = null;
  clearTimeout(limit);
  for (const [name, delta] of Object.entries(deltas)) dispatch[name](delta);
  arrive();
}

function take(dispatch, name, delta) {
  hear();
  const hydrated = delta.is_hydrated_rx_state_;
  if (hydrated === false && begun && !held) {
    held = { ...defaults };
    limit = setTimeout(release, HELD, dispatch);
  }
  begun ||= hydrated === true;
  if (!held) return dispatch[name](delta);
  held[name] = { ...held[name], ...delta };
  if (hydrated === true) release(dispatch);
}

export function Hold({ children }) {
  const dispatch = useContext(DispatchContext);
  const patient = useMemo(() => {
    const one = (name) => [name, (delta) => take(dispatch, name, delta)];
    return Object.fromEntries(Object.keys(dispatch).map(one));
  }, [dispatch]);
  return createElement(DispatchContext.Provider, { value: patient }, children);
}
