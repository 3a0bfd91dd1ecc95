package framebuffer.orchestrator.api.http;

import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.NaturalOrder;
import java.util.List;
import java.util.function.Function;

/**
 * Which part of a list is asked for.
 *
 * @param after
 *            those behind this id; empty: from the first
 * @param limit
 *            at most so many
 */
public record PageRequest(String after, int limit) {
    /** As many are answered at once, also to who does not say. */
    public static final int MOST = 1_000;

    /** What the call asks for in its query: {@code after} and {@code limit}. */
    public static Decoded<PageRequest> of(Request call) {
        String limit = call.query("limit").orElse(Integer.toString(MOST));
        if (!limit.matches("[1-9]\\d{0,3}") || Integer.parseInt(limit) > MOST) {
            return Decoded.invalid("limit", "must be an integer from 1 to " + MOST);
        }
        return new Decoded.Valid<>(new PageRequest(call.query("after").orElse(""), Integer.parseInt(limit)));
    }

    /** That part of all, which are in the order of their ids. */
    public <T> List<T> of(List<T> all, Function<T, String> id) {
        return all.stream().filter(one -> after.isEmpty() || NaturalOrder.NAMES.compare(id.apply(one), after) > 0)
                .limit(limit).toList();
    }
}
