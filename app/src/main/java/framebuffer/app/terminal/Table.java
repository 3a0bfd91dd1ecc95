package framebuffer.app.terminal;

import framebuffer.wire.text.Printable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A text table with headings; each column is as wide as its widest cell. */
public final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... headings) {
        rows.add(List.of(headings));
    }

    /** Adds a row with one cell for each heading; an empty cell shows as a dash. */
    public void row(Object... cells) {
        // Cells may come from outside and must not move the cursor.
        rows.add(IntStream.range(0, rows.getFirst().size()).mapToObj(i -> String.valueOf(cells[i]))
                .map(text -> text.isEmpty() ? "-" : Printable.line(text)).toList());
    }

    /** Prints it. */
    public void print(PrintWriter out) {
        List<Integer> widths = IntStream.range(0, rows.getFirst().size())
                .mapToObj(i -> rows.stream().mapToInt(row -> row.get(i).length()).max().orElse(0)).toList();
        rows.stream().map(row -> IntStream.range(0, row.size())
                .mapToObj(i -> row.get(i) + " ".repeat(widths.get(i) - row.get(i).length()))
                .collect(Collectors.joining(GAP)).stripTrailing()).forEach(out::println);
    }
}
