/** The template that workers are forked from: its warming, its freeze, and the first steps of its children. */
package dev.forkd.worker.zygote;
