package dev.forkd.supervisor.process;

import dev.forkd.protocol.UsedClass;
import dev.forkd.supervisor.loop.EventLoop;
import dev.forkd.sys.Fd;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A new JVM per worker, by posix_spawn: runs wherever a JDK and Linux do. */
public final class ExecEngine implements WorkerEngine {
    private final EventLoop loop;
    private final Spawner spawner;
    private final Function<Optional<Path>, List<String>> command;
    private final AotCache.Entry cache;
    private final Fd output;
    private final Listener listener;
    private boolean stopped;

    /**
     * @param command of a worker, with an AOT cache or without
     * @param cache appears some time after the first start
     * @param output borrowed
     */
    public ExecEngine(
            EventLoop loop,
            Spawner spawner,
            Function<Optional<Path>, List<String>> command,
            AotCache.Entry cache,
            Fd output,
            Listener listener) {
        this.loop = loop;
        this.spawner = spawner;
        this.command = command;
        this.cache = cache;
        this.output = output;
        this.listener = listener;
    }

    @Override
    public void start() {
        loop.post(listener::usable);
    }

    @Override
    public void spawn(List<Birth> births) {
        for (Birth birth : births) {
            if (stopped) {
                birth.childSocket().close();
                birth.stillborn("the generation has ended");
            } else {
                spawner.start(
                        command.apply(cache.file()),
                        output,
                        birth.childSocket(),
                        result -> loop.post(() -> {
                            switch (result) {
                                case Spawner.Result.Started(int pid) -> birth.born(pid);
                                case Spawner.Result.Failed(String reason) -> birth.stillborn(reason);
                            }
                        }));
            }
        }
    }

    @Override
    public void proved() {
        cache.train();
    }

    @Override
    public void bootFailed() {
        cache.distrust();
    }

    @Override
    public void refork(List<UsedClass> used) {} // no worker of it records

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public String name() {
        return "exec";
    }

    @Override
    public Optional<Zygote> zygote() {
        return Optional.empty();
    }
}
