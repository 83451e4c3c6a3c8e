package dev.forkd.ipc;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** Which {@link ProcessStarter} starts a process. */
final class Starters {
    private static final ProcessStarter EXEC = new ExecStarter();

    /** Loaded at the first start of a process: a program that only shares objects has no use for engines. */
    private static final class Found {
        private static final List<ProcessStarter> ENGINES = ServiceLoader.load(ProcessStarter.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    private Starters() {}

    /** @return the name. @throws IllegalArgumentException if no engine can have it, whatever is on the class path */
    static String checked(String engine) {
        boolean known = engine.equals("auto") || engine.equals(EXEC.name()) || engine.equals("fork");
        if (!known && Found.ENGINES.stream().noneMatch(starter -> starter.name().equals(engine))) {
            throw new IllegalArgumentException(
                    "there is no engine \"" + engine + "\" that starts processes: auto, exec and fork are");
        }
        return engine;
    }

    /**
     * The engines to try, in this order, for a process that wants {@code engine}: {@code "auto"} means one that can start it now, and
     * {@code exec} if there is none or it fails.
     *
     * @throws IOException if there is no such engine, or it cannot; the message says why
     */
    static List<ProcessStarter> forEngine(String engine) throws IOException {
        if (engine.equals("auto")) {
            Optional<ProcessStarter> ready = Found.ENGINES.stream()
                    .filter(starter -> starter.obstacle().isEmpty())
                    .findFirst();
            return ready.map(starter -> List.of(starter, EXEC)).orElse(List.of(EXEC));
        }
        if (engine.equals(EXEC.name())) {
            return List.of(EXEC);
        }
        return List.of(Found.ENGINES.stream()
                .filter(starter -> starter.name().equals(engine))
                .findFirst()
                .orElseThrow(() -> new IOException("there is no engine \"" + engine
                        + "\" that starts processes: put forkd-worker.jar on the class path")));
    }

    /** Another engine takes over. Said through the JDK's logger: a program that uses this package need not have another. */
    static void tellFailed(ProcessStarter failed, IOException why) {
        System.getLogger(Starters.class.getName())
                .log(
                        System.Logger.Level.WARNING,
                        "event=ipc-engine-failed engine={0} instead=exec reason=\"{1}\"",
                        failed.name(),
                        why.getMessage());
    }
}
