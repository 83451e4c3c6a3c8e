package dev.forkd.supervisor.loop;

/** How many reloads there were, and how they ended. On the loop's thread. */
final class ReloadTally {
    long done;
    long failed;
}
