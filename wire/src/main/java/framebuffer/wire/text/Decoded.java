package framebuffer.wire.text;

import java.util.List;
import java.util.function.Function;

/** The result of parsing foreign bytes: the value, or all problems. Parsing never throws. */
public sealed interface Decoded<T> {

    /** The bytes are valid. */
    record Valid<T>(T value) implements Decoded<T> {
    }

    /** The bytes are invalid; each problem names a field. */
    record Invalid<T>(List<FieldProblem> problems) implements Decoded<T> {
        public Invalid {
            problems = List.copyOf(problems);
        }

        /** The problems in one line, for users. */
        public String detail() {
            return String.join("; ", problems.stream().map(FieldProblem::toString).toList());
        }
    }

    /** A field and what is wrong with it. */
    record FieldProblem(String field, String reason) {
        @Override
        public String toString() {
            return field + " " + reason;
        }
    }

    /** An invalid result with one problem. */
    static <T> Decoded<T> invalid(String field, String reason) {
        return new Invalid<>(List.of(new FieldProblem(field, reason)));
    }

    /** The value if there are no problems, otherwise the problems. */
    static <T> Decoded<T> of(T value, List<FieldProblem> problems) {
        return problems.isEmpty() ? new Valid<>(value) : new Invalid<>(problems);
    }

    /** Maps the value, if valid. */
    default <R> Decoded<R> then(Function<? super T, ? extends Decoded<R>> next) {
        return switch (this) {
            case Valid<T>(T value) -> next.apply(value);
            case Invalid<T>(List<FieldProblem> problems) -> new Invalid<>(problems);
        };
    }
}
