package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.protocol.ProtocolException;
import dev.forkd.supervisor.core.WorkerState;
import dev.forkd.supervisor.observe.DeathJudge;
import dev.forkd.supervisor.process.Birth;
import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Processes;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The supervisor's view of one worker: its process, its control socket, its clients. What follows from an event is decided by
 * {@link ServicePool}. On the loop's thread.
 */
final class WorkerHandle implements Birth, ControlChannel.Listener {
    /** What a worker's pool hears of it. */
    interface Listener {
        void born(WorkerHandle worker);

        void stillborn(WorkerHandle worker, String reason);

        void received(WorkerHandle worker, Message.ToSupervisor message);

        /** It sent what the protocol does not allow. */
        void broke(WorkerHandle worker, String how);

        /** It has ended; all that it sent has been received. */
        void exited(WorkerHandle worker, ExitStatus status);
    }

    private final ChildTable children;
    private final Listener listener;
    private final Generation generation;
    private final int slot;
    private final int clientLimit;
    private final boolean records;
    private final long begunNanos = System.nanoTime();
    private final ControlChannel control;
    private final Fd childSocket;
    private final Map<Long, Client> clients = new LinkedHashMap<>();
    private Optional<ChildTable.Child> child = Optional.empty();
    private Optional<Timers.Timer> deadline = Optional.empty();
    private Optional<DeathJudge.Condemnation> condemned = Optional.empty();
    private WorkerState state = WorkerState.SPAWNING;
    private boolean ready;
    private boolean drainAsked;
    private int assigned;
    private final WorkerTally tally = new WorkerTally();
    private String lastClient = "";
    private long pingedNanos;

    /** Makes the control socket and queues Start on it. @param clientLimit after how many clients it ends, 0 never */
    WorkerHandle(
            EventLoop loop,
            ChildTable children,
            Messenger messenger,
            Listener listener,
            Generation generation,
            int slot,
            int clientLimit)
            throws SyscallException, ProtocolException {
        this.children = children;
        this.listener = listener;
        this.generation = generation;
        this.slot = slot;
        this.clientLimit = clientLimit;
        this.records = generation.refork().asks();
        Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
        this.childSocket = pair.second();
        try {
            generation.introduce(messenger, pair.first());
            boolean _ = messenger.trySend(
                    pair.first(),
                    new Message.Start(slot, generation.number(), clientLimit, generation.measures(), records));
            this.control = new ControlChannel(loop, messenger, pair.first(), this);
        } catch (SyscallException | ProtocolException e) {
            pair.first().close();
            childSocket.close();
            throw e;
        }
    }

    @Override
    public Fd childSocket() {
        return childSocket;
    }

    @Override
    public void born(int pid) {
        try {
            child = Optional.of(children.adopt(pid, this::exited));
            listener.born(this);
            if (!control.isOpen()) {
                child.get().expectExit(); // it was faster than the news of its birth
            }
        } catch (SyscallException e) {
            stillborn("pid " + pid + " cannot be watched: " + e.getMessage());
        }
    }

    @Override
    public void stillborn(String reason) {
        deadline(Optional.empty());
        control.close();
        listener.stillborn(this, reason);
    }

    @Override
    public void received(Message.ToSupervisor message) {
        listener.received(this, message);
    }

    @Override
    public void broke(String how) {
        listener.broke(this, how);
    }

    @Override
    public void ended() {
        child.ifPresent(ChildTable.Child::expectExit);
    }

    private void exited(ExitStatus status) {
        if (control.isOpen()) {
            control.finish();
        }
        deadline(Optional.empty());
        listener.exited(this, status);
    }

    /** Sends a message. @return false if its socket is full or gone: then it does not read, or has ended */
    boolean send(Message.ToWorker message, Fd... descriptors) {
        return control.send(message, descriptors);
    }

    /** Whether a message could not be sent because nobody holds the other end any more. */
    boolean gone() {
        return control.gone();
    }

    void signal(int signal) {
        child.ifPresent(c -> c.signal(signal));
    }

    boolean stopped() {
        return child.isPresent() && child.get().stopped();
    }

    /** A client is on its way to this worker. */
    void assign(Client client) {
        clients.put(client.id(), client);
        assigned++;
        lastClient = client.text();
    }

    /** The client is no longer this worker's. @return the client, if it was */
    Optional<Client> release(long id) {
        return Optional.ofNullable(clients.remove(id));
    }

    Optional<Client> client(long id) {
        return Optional.ofNullable(clients.get(id));
    }

    Collection<Client> clients() {
        return clients.values();
    }

    /** All clients, and none of them this worker's any more. */
    List<Client> releaseAll() {
        List<Client> all = new ArrayList<>(clients.values());
        clients.clear();
        return all;
    }

    /** Whether its concurrency and its limit of clients allow one more. */
    boolean hasRoom() {
        return state.takesClients()
                && clients.size() < generation.config().workers().concurrency()
                && (clientLimit == 0 || assigned < clientLimit);
    }

    boolean usedUp() {
        return clientLimit > 0 && assigned >= clientLimit;
    }

    /** Whether it was asked to tell at its end what code it used. */
    boolean records() {
        return records;
    }

    /** What it has done so far, for its death record. */
    WorkerTally tally() {
        return tally;
    }

    /**
     * Asks it to finish. The signal revives a forked worker that sleeps with one thread in its client's read, so that its control
     * thread hears the request.
     */
    void askToDrain() {
        drainAsked = true;
        boolean _ = send(new Message.Drain());
        if (!generation.isExec() && !clients.isEmpty()) {
            signal(Processes.SIG_REVIVE);
        }
    }

    /** Asks a forked worker that sleeps in its client's read to give back the memory that it does not need for that. */
    void askToRest() {
        child.ifPresent(c -> c.signal(Processes.SIG_REVIVE, Processes.REST));
    }

    boolean drainAsked() {
        return drainAsked;
    }

    /** Replaces the deadline of the worker's present state. */
    void deadline(Optional<Timers.Timer> next) {
        deadline.ifPresent(Timers.Timer::cancel);
        deadline = next;
    }

    /** The first reason counts. */
    void condemn(DeathJudge.Condemnation why) {
        condemned = condemned.or(() -> Optional.of(why));
    }

    Optional<DeathJudge.Condemnation> condemned() {
        return condemned;
    }

    WorkerState state() {
        return state;
    }

    void state(WorkerState next) {
        state = next;
    }

    boolean ready() {
        return ready;
    }

    void markReady() {
        ready = true;
    }

    Generation generation() {
        return generation;
    }

    int slot() {
        return slot;
    }

    /** -1 before it is born. */
    int pid() {
        return child.map(ChildTable.Child::pid).orElse(-1);
    }

    String lastClient() {
        return lastClient;
    }

    long begunNanos() {
        return begunNanos;
    }

    /** When it was last asked whether it lives, if it has not answered; 0 otherwise. */
    long pingedNanos() {
        return pingedNanos;
    }

    void pinged(long nanos) {
        pingedNanos = nanos;
    }
}
