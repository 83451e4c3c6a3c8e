package dev.forkd.ipc;

import java.io.Serializable;
import java.util.List;

/**
 * What a pool and its child send each other most: the items that a function is for, or what it made of them.
 *
 * @param function the id of the function
 * @param items or results, in their order; numbers of one type travel packed ({@link PackedNumbers})
 */
record Chunk(int function, List<?> items) implements Serializable {}
