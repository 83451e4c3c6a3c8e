/** Who may log in, and what a failed login costs. */
package dev.forkd.worker.handlers.ftp.login;
