package dev.forkd.ipc;

import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * Lists of one length, but for the last, as one: results may be many, and are not copied once more. Unmodifiable.
 *
 * @param <R> the results
 */
final class JoinedList<R> extends AbstractList<R> implements RandomAccess {
    private final List<List<R>> parts;
    private final int length;
    private final int size;

    /** @param parts at least one, none of them empty */
    JoinedList(List<List<R>> parts, int length) {
        this.parts = parts;
        this.length = length;
        this.size = (parts.size() - 1) * length + parts.getLast().size();
    }

    @Override
    public R get(int index) {
        int i = Objects.checkIndex(index, size);
        return parts.get(i / length).get(i % length);
    }

    @Override
    public int size() {
        return size;
    }

    /** Goes through the parts, which is several times faster than to divide each index. */
    @Override
    public Iterator<R> iterator() {
        return new Iterator<>() {
            private int nextPart = 1;
            private Iterator<R> part = parts.getFirst().iterator();
            private int leftInPart = parts.getFirst().size();

            @Override
            public boolean hasNext() {
                return leftInPart > 0 || nextPart < parts.size();
            }

            @Override
            public R next() {
                if (leftInPart == 0) {
                    if (nextPart == parts.size()) {
                        throw new NoSuchElementException();
                    }
                    leftInPart = parts.get(nextPart).size();
                    part = parts.get(nextPart++).iterator();
                }
                leftInPart--;
                return part.next();
            }
        };
    }
}
