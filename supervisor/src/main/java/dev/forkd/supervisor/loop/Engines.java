package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.supervisor.config.WorkersConfig;
import dev.forkd.supervisor.process.AotCache;
import dev.forkd.supervisor.process.ExecEngine;
import dev.forkd.supervisor.process.ForkEngine;
import dev.forkd.supervisor.process.JvmCommand;
import dev.forkd.supervisor.process.Spawner;
import dev.forkd.supervisor.process.WorkerEngine;
import dev.forkd.supervisor.process.WorkerOutput;
import dev.forkd.supervisor.process.ZygoteProcess;
import dev.forkd.sys.MessageBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes the engines of generations. On the loop's thread. */
final class Engines {
    private final EventLoop loop;
    private final Spawner spawner;
    private final ChildTable children;
    private final Messenger messenger;
    private final JvmCommand jvm;
    private final AotCache aotCache;
    private final MessageBuffer raw = new MessageBuffer(64 * 1024);

    Engines(
            EventLoop loop,
            Spawner spawner,
            ChildTable children,
            Messenger messenger,
            JvmCommand jvm,
            AotCache aotCache) {
        this.loop = loop;
        this.spawner = spawner;
        this.children = children;
        this.messenger = messenger;
        this.jvm = jvm;
        this.aotCache = aotCache;
    }

    WorkerEngine exec(Generation generation, WorkerOutput output, WorkerEngine.Listener listener) {
        WorkersConfig workers = generation.config().workers();
        aotCache.train(generation.setup(false), workers, output.writeEnd());
        return new ExecEngine(
                loop,
                spawner,
                () -> jvm.command(workers, false, aotCache.file(generation.setup(false), workers)),
                output.writeEnd(),
                listener);
    }

    WorkerEngine fork(
            Generation generation, WorkerOutput output, Consumer<Message.Log> logs, WorkerEngine.Listener listener) {
        WorkersConfig workers = generation.config().workers();
        ZygoteProcess.Surroundings surroundings = new ZygoteProcess.Surroundings(
                loop,
                spawner,
                children,
                messenger,
                raw,
                jvm.command(workers, true, Optional.empty()),
                output,
                generation.config().timeouts().spawn(),
                logs);
        return new ForkEngine(
                loop,
                (setup, zygoteListener) -> new ZygoteProcess(surroundings, setup, zygoteListener),
                generation.setup(true),
                new ForkEngine.Rotation(workers.zygoteChildren(), workers.zygoteAge()),
                listener);
    }
}
