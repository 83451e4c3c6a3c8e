package dev.forkd.supervisor.core;

/** What happens to a worker. */
public sealed interface WorkerEvent {

    /** It said Ready. */
    record Ready() implements WorkerEvent {}

    /** A client was handed to it. */
    record Assigned() implements WorkerEvent {}

    /** A client of it is gone, or was declined. @param clientsLeft how many it still has */
    record Released(int clientsLeft) implements WorkerEvent {}

    /** It has had its last client ({@code clients-per-worker}) and will exit by itself. @param clientsLeft how many it still has */
    record UsedUp(int clientsLeft) implements WorkerEvent {}

    /** It shall finish: reload, scale-down, stop. */
    record Drain() implements WorkerEvent {}

    /** A deadline passed, it does not answer, or it broke the protocol. */
    record Condemned() implements WorkerEvent {}

    /** It has been reaped. */
    record Exited() implements WorkerEvent {}
}
