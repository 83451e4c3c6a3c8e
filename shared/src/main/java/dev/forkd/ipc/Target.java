package dev.forkd.ipc;

import java.io.Serializable;

/** What a {@link ForkedProcess} runs. A lambda will do; what it captures must be serializable, or shared. */
@FunctionalInterface
public interface Target extends Serializable {
    void run() throws Exception;
}
