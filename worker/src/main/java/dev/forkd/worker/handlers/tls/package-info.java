/** TLS in the worker, for handlers that offer it: certificates from PEM files, and a context of each process's own. */
package dev.forkd.worker.handlers.tls;
