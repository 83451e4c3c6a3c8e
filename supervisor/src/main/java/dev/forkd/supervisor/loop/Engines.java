package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Messenger;
import dev.forkd.supervisor.config.WorkersConfig;
import dev.forkd.supervisor.process.AotCache;
import dev.forkd.supervisor.process.BootingZygote;
import dev.forkd.supervisor.process.ExecEngine;
import dev.forkd.supervisor.process.ForkEngine;
import dev.forkd.supervisor.process.JvmCommand;
import dev.forkd.supervisor.process.Spawner;
import dev.forkd.supervisor.process.WarmUpTurns;
import dev.forkd.supervisor.process.WorkerEngine;
import dev.forkd.supervisor.process.WorkerOutput;
import dev.forkd.sys.MessageBuffer;
import java.util.Optional;

/** Makes the engines of generations. On the loop's thread. */
final class Engines {
    private final EventLoop loop;
    private final Spawner spawner;
    private final ChildTable children;
    private final Messenger messenger;
    private final JvmCommand jvm;
    private final AotCache aotCache;
    private final WarmUpTurns turns = WarmUpTurns.forThisMachine();
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
        AotCache.Entry cache = aotCache.entry(generation.setup(false), workers);
        return new ExecEngine(
                loop, spawner, file -> jvm.command(workers, false, file), cache, output.writeEnd(), listener);
    }

    WorkerEngine fork(
            Generation generation, WorkerOutput output, BootingZygote.Logs logs, WorkerEngine.Listener listener) {
        WorkersConfig workers = generation.config().workers();
        BootingZygote.Surroundings surroundings = new BootingZygote.Surroundings(
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
                turns,
                (setup, zygoteListener) -> new BootingZygote(surroundings, setup, zygoteListener),
                generation.setup(true),
                new ForkEngine.Rotation(workers.zygoteChildren(), workers.zygoteAge()),
                listener);
    }
}
