/** How worker processes come to be and where their output goes: the two engines, the spawner, the JVM command line. */
package dev.forkd.supervisor.process;
