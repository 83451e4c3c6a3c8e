/** fork() in a program of one's own: data loaded once, shared by many processes. */
package dev.forkd.examples.preload;
