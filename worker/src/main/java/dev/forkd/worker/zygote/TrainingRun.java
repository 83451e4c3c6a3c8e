package dev.forkd.worker.zygote;

import dev.forkd.worker.control.ControlSocket;

/** A worker that is started to learn (JEP 514): runs the handler's warm-up, so that the AOT cache holds what clients will need. */
public final class TrainingRun {
    private static final int PASSES = 300;

    private TrainingRun() {}

    /** To be called when the worker is prepared to serve. */
    public static void learn(DryPass pass, ControlSocket control) {
        for (int i = 0; i < PASSES; i++) {
            pass.run(control);
        }
    }
}
