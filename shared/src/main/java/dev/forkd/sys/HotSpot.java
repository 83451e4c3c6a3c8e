package dev.forkd.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;

/** The symbols that libjvm, the library this process runs on, exports. */
final class HotSpot {
    private HotSpot() {}

    /** @throws IllegalStateException if there is none of that name */
    static long address(String symbol) {
        return Library.SYMBOLS
                .find(symbol)
                .map(MemorySegment::address)
                .orElseThrow(() -> new IllegalStateException("this JVM exports no " + symbol));
    }

    private static final class Library {
        static final SymbolLookup SYMBOLS =
                open(Path.of(System.getProperty("java.home"), "lib", "server", "libjvm.so"));

        private static SymbolLookup open(Path file) {
            try {
                return SymbolLookup.libraryLookup(file, Arena.global());
            } catch (IllegalArgumentException e) {
                return name -> java.util.Optional.empty(); // another VM than HotSpot's server VM
            }
        }
    }
}
