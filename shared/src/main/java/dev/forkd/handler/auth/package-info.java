/** Passwords of users, as configuration files keep them: made by {@code forkd hash-password}, checked by handlers. */
package dev.forkd.handler.auth;
