/**
 * fork() for programs on the JVM, and what a program must know about it: {@link dev.forkd.fork.JvmFork} forks, {@link
 * dev.forkd.fork.ForkHooks} tells libraries and handlers by the interface of org.crac, and gives every child its own randomness and its
 * own pid. How it works and what it refuses: docs/fork-engine.md.
 */
package dev.forkd.fork;
