/** HTTP/1.1 (RFC 9110, 9112): static pages, routes, PROXY protocol, TLS. */
package dev.forkd.worker.handlers.http;
