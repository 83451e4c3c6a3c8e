/** Handlers to copy from. */
package dev.forkd.examples;
