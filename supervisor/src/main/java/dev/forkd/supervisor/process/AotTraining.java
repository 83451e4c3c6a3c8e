package dev.forkd.supervisor.process;

import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.supervisor.loop.ChildTable;
import dev.forkd.supervisor.loop.ControlChannel;
import dev.forkd.supervisor.loop.EventLoop;
import dev.forkd.supervisor.loop.Timers;
import dev.forkd.supervisor.observe.LogText;
import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Processes;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One training run: a worker that serves no client, but boots, runs its handler's warm-up, is drained, and writes the cache as it ends, which
 * its JVM has a further process do (JEP 514). On the loop's thread.
 */
final class AotTraining implements ControlChannel.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(AotTraining.class);
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private final ChildTable children;
    private final Consumer<Optional<String>> done;
    private final WorkerOutput output;
    private final ControlChannel control;
    private final Timers.Timer deadline;
    private Optional<ChildTable.Child> child = Optional.empty();
    private Optional<String> killedBecause = Optional.empty();

    /**
     * Starts it.
     *
     * @param command of a worker that is to write a cache
     * @param done gets a reason, if it failed
     */
    AotTraining(
            EventLoop loop,
            Spawner spawner,
            ChildTable children,
            Messenger messenger,
            WorkerSetup setup,
            List<String> command,
            Consumer<Optional<String>> done)
            throws IOException {
        this.children = children;
        this.done = done;
        this.output = new WorkerOutput(
                loop, (line, pid) -> LOG.debug("event=aot-training pid={} line=\"{}\"", pid, LogText.quoted(line)));
        Fd childs;
        try {
            Sockets.Pair pair = Sockets.pair(Sockets.SEQPACKET);
            childs = pair.second();
            try (Fd memory = setup.toMemory()) {
                boolean _ = messenger.trySend(pair.first(), new Message.Configure(), memory);
                boolean _ = messenger.trySend(pair.first(), new Message.Start(-1, 0, 1, false, false));
                this.control = new ControlChannel(loop, messenger, pair.first(), this);
            } catch (IOException e) {
                pair.close();
                throw e;
            }
        } catch (IOException e) {
            output.close();
            throw e;
        }
        this.deadline = loop.after(DEADLINE, () -> kill("took more than " + DEADLINE.toSeconds() + " s"));
        spawner.start(command, output.writeEnd(), childs, result -> loop.post(() -> started(result)));
    }

    private void started(Spawner.Result result) {
        switch (result) {
            case Spawner.Result.Failed(String reason) -> end(Optional.of(reason));
            case Spawner.Result.Started(int pid) -> {
                try {
                    child = Optional.of(children.adopt(pid, this::exited));
                    if (killedBecause.isPresent()) {
                        kill(killedBecause.get());
                    } else if (!control.isOpen()) {
                        child.get().expectExit();
                    }
                } catch (SyscallException e) {
                    end(Optional.of("pid " + pid + " cannot be watched: " + e.getMessage()));
                }
            }
        }
    }

    @Override
    public void received(Message.ToSupervisor message) {
        if (message instanceof Message.Ready) {
            boolean _ = control.send(new Message.Drain());
        }
    }

    @Override
    public void broke(String how) {
        kill(how);
    }

    @Override
    public void ended() {
        child.ifPresent(ChildTable.Child::expectExit);
    }

    private void exited(ExitStatus status) {
        LastWords.Words words = LastWords.Words.NONE;
        try {
            words = output.ended(status.pid());
        } catch (SyscallException e) {
            LOG.debug("event=output-lost pid={}", status.pid(), e);
        }
        String how = words.explain(status.text());
        boolean well = killedBecause.isEmpty() && !status.killed() && status.code() == 0;
        end(well ? Optional.empty() : killedBecause.or(() -> Optional.of(how)));
    }

    private void end(Optional<String> problem) {
        deadline.cancel();
        control.close();
        output.close();
        done.accept(problem);
    }

    /** Ends it and the process that it has write the cache: all of its process group. */
    void kill(String why) {
        killedBecause = killedBecause.or(() -> Optional.of(why));
        child.ifPresent(c -> {
            try {
                boolean _ = Processes.kill(-c.pid(), Processes.SIGKILL);
            } catch (SyscallException e) {
                c.signal(Processes.SIGKILL);
            }
        });
    }
}
