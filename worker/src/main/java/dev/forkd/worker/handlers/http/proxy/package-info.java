/** The PROXY protocol: a load balancer says, before anything else on a connection, for whom it made it. */
package dev.forkd.worker.handlers.http.proxy;
