package framebuffer.wire.text;

import java.util.List;
import java.util.function.Function;

/** What came of reading foreign bytes: the value, or every reason why there is none. Reading never throws. */
public sealed interface Decoded<T> {

    /** The bytes made sense. */
    record Valid<T>(T value) implements Decoded<T> {
    }

    /** They did not; at least one problem says which field is at fault. */
    record Invalid<T>(List<FieldProblem> problems) implements Decoded<T> {
        public Invalid {
            problems = List.copyOf(problems);
        }

        /** The problems in one line, for people. */
        public String detail() {
            return String.join("; ", problems.stream().map(FieldProblem::toString).toList());
        }
    }

    /** One field that breaks its form, and how. */
    record FieldProblem(String field, String reason) {
        @Override
        public String toString() {
            return field + " " + reason;
        }
    }

    /** Refused, for one reason. */
    static <T> Decoded<T> invalid(String field, String reason) {
        return new Invalid<>(List.of(new FieldProblem(field, reason)));
    }

    /** The value when there are no problems, else the problems. */
    static <T> Decoded<T> of(T value, List<FieldProblem> problems) {
        return problems.isEmpty() ? new Valid<>(value) : new Invalid<>(problems);
    }

    /** Goes on with the value, if there is one. */
    default <R> Decoded<R> then(Function<? super T, ? extends Decoded<R>> next) {
        return switch (this) {
            case Valid<T>(T value) -> next.apply(value);
            case Invalid<T>(List<FieldProblem> problems) -> new Invalid<>(problems);
        };
    }
}
