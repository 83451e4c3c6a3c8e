/** Static pages: from a request's path to the part of a file that is sent. */
package dev.forkd.worker.handlers.http.files;
