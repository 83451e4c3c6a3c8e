package dev.forkd.ipc;

/**
 * The steps of each operation on shared memory, by name, so that a test can end a process at any one of them. This class does
 * nothing; the JIT removes the calls as long as no test has loaded a subclass.
 */
class Steps {
    static final Steps NONE = new Steps();

    /** The operation has come to this step. Code between two steps is one atomic write, or can be left anywhere. */
    void at(String step) {}
}
