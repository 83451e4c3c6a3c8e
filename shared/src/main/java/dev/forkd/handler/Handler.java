package dev.forkd.handler;

/** A service's code: one of the three kinds below. */
public sealed interface Handler permits StreamHandler, DatagramHandler, EventHandler {

    /**
     * Called once in each process that loads the handler, before the first client and, with the fork engine, in the zygote:
     * load here what all clients share. Must not open sockets, selectors or shared memory, nor start threads, which a zygote
     * may not have; what needs those belongs in {@code org.crac.Resource.afterRestore} or the handling of a client.
     *
     * @throws Exception if the service cannot run; the worker ends, and the supervisor logs this exception
     */
    default void start(ServerInfo server) throws Exception {}

    /**
     * Runs the path that a client would take, so that a forked worker finds every class loaded and every method compiled.
     * It is called many times in the zygote and once more in each spare, so it must leave nothing behind. The default sends
     * a client that connects and leaves at once.
     */
    default void warmUp(WarmUp warmUp) throws Exception {
        warmUp.exchange(new byte[0]);
    }
}
