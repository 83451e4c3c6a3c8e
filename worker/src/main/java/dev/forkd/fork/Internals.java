package dev.forkd.fork;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reflection into the JDK that may fail: what could not be reached is collected, to be told, and goes without. */
final class Internals {
    private final List<String> unreachable = new ArrayList<>();

    /** A field, made accessible. */
    Optional<Field> field(String type, String name) {
        try {
            Field field = Class.forName(type).getDeclaredField(name);
            field.setAccessible(true);
            return Optional.of(field);
        } catch (ReflectiveOperationException | RuntimeException e) {
            unreachable.add(type + "." + name);
            return Optional.empty();
        }
    }

    /** The value of a static field. */
    <T> Optional<T> constant(String type, String name, Class<T> as) {
        return field(type, name).flatMap(field -> value(field, null, as));
    }

    <T> Optional<T> value(Field field, Object in, Class<T> as) {
        try {
            return Optional.ofNullable(as.cast(field.get(in)));
        } catch (IllegalAccessException | ClassCastException e) {
            unreachable.add(field.getDeclaringClass().getName() + "." + field.getName());
            return Optional.empty();
        }
    }

    void missed(String what) {
        unreachable.add(what);
    }

    List<String> unreachable() {
        return List.copyOf(unreachable);
    }
}
