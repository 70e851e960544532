"""HTTP and socket layer: routes, middleware, event validation, templates, cookies, logs."""
