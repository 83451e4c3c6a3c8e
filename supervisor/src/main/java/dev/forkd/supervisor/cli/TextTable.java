package dev.forkd.supervisor.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Columns for people: as wide as their widest cell, numbers to the right. */
final class TextTable {
    /** Also with a unit, a time, and the dash that stands for nothing. */
    private static final Pattern NUMBER = Pattern.compile("-|\\d+(\\.\\d+)?( [KMGTPE]?i?B)?|(\\d+[smhd])+");

    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... headings) {
        rows.add(List.of(headings));
    }

    void row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(String.valueOf(cell));
        }
        rows.add(row);
    }

    void print(PrintWriter out) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        boolean[] right = new boolean[columns];
        for (int c = 0; c < columns; c++) {
            int column = c;
            widths[c] =
                    rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
            right[c] = rows.stream().skip(1).allMatch(r -> isNumber(r.get(column)));
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                String pad = " ".repeat(widths[c] - row.get(c).length());
                line.append(c == 0 ? "" : "  ").append(right[c] ? pad + row.get(c) : row.get(c) + pad);
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static boolean isNumber(String cell) {
        return NUMBER.matcher(cell).matches();
    }
}
