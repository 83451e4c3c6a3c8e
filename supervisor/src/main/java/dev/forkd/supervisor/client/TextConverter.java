package dev.forkd.supervisor.client;

import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values for picocli from a method that says in an {@link IllegalArgumentException} what is wrong with a text. */
public abstract class TextConverter<T> implements ITypeConverter<T> {
    private final Function<String, T> parse;

    protected TextConverter(Function<String, T> parse) {
        this.parse = parse;
    }

    @Override
    public final T convert(String text) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
