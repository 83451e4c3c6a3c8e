package dev.forkd.sys;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Where the fields of HotSpot's own objects lie, as libjvm tells the serviceability agent ({@code gHotSpotVMStructs},
 * {@code gHotSpotVMTypes}; src/hotspot/share/runtime/vmStructs.cpp). Of the running JVM, so that no address or layout is assumed.
 */
final class HotSpotTables {
    private final Table fields = new Table("gHotSpotVMStruct", "TypeName", "FieldName");
    private final Table types = new Table("gHotSpotVMType", "TypeName", "TypeName");
    private final Table constants = new Table("gHotSpotVMIntConstant", "Name", "Name");

    /** Bytes from the start of an object to one of its fields. @throws IllegalStateException if this JVM does not tell */
    long offset(String type, String field) {
        return at(fields.find(type, field) + exported("gHotSpotVMStructEntryOffsetOffset"));
    }

    /** Where a static field lies. @throws IllegalStateException if this JVM does not tell */
    long address(String type, String field) {
        return at(fields.find(type, field) + exported("gHotSpotVMStructEntryAddressOffset"));
    }

    /** Bytes of an object. @throws IllegalStateException if this JVM does not tell */
    long size(String type) {
        return at(types.find(type, type) + exported("gHotSpotVMTypeEntrySizeOffset"));
    }

    /** A constant of HotSpot's. @throws IllegalStateException if this JVM does not tell */
    int constant(String name) {
        long entry = constants.find(name, name);
        return segment(entry + exported("gHotSpotVMIntConstantEntryValueOffset"))
                .get(ValueLayout.JAVA_INT, 0);
    }

    /** One exported array of entries, each with names at offsets that are exported too; the last has a null name. */
    private record Table(long start, long stride, long first, long second) {
        Table(String prefix, String first, String second) {
            this(
                    exported(prefix + "s"),
                    exported(prefix + "EntryArrayStride"),
                    exported(prefix + "Entry" + first + "Offset"),
                    exported(prefix + "Entry" + second + "Offset"));
        }

        long find(String one, String other) {
            for (long entry = start; at(entry + first) != 0; entry += stride) {
                if (one.equals(text(entry + first)) && other.equals(text(entry + second))) {
                    return entry;
                }
            }
            throw new IllegalStateException("this JVM does not tell of " + one + "." + other);
        }
    }

    private static long exported(String symbol) {
        return at(HotSpot.address(symbol));
    }

    /** The word at an address. */
    static long at(long address) {
        return segment(address).get(ValueLayout.JAVA_LONG, 0);
    }

    private static String text(long address) {
        long text = at(address);
        return text == 0 ? "" : segment(text).getString(0);
    }

    /** All memory from an address on. */
    static MemorySegment segment(long address) {
        return MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE);
    }
}
