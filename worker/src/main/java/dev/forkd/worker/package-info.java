/** The process that serves clients. */
package dev.forkd.worker;
