package framebuffer.app.config;

import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Model.OptionSpec;

/** The allowed values of an option, from its type and its {@link ValueRange}. */
final class AllowedValues {
    private AllowedValues() {
    }

    /** The allowed values as words that follow "must be"; empty when the type does not define them. */
    static Optional<String> of(OptionSpec option) {
        Class<?> type = option.type();
        String bounds = bounds(option).map(text -> " " + text).orElse("");
        if (type == Duration.class) {
            return Optional.of("a time" + bounds + ", such as 500ms, 5s, 10m or 1h");
        } else if (type == int.class || type == Integer.class) {
            return Optional.of("a whole number" + bounds);
        } else if (type == double.class) {
            return Optional.of("a number" + bounds);
        }
        return type == boolean.class ? Optional.of("true or false") : Optional.empty();
    }

    /** The bounds, such as {@code from 1 to 50}; empty when the option has none. */
    static Optional<String> bounds(OptionSpec option) {
        return OptionKey.annotation(option, ValueRange.class)
                .map(within -> "from " + within.least() + " to " + within.most());
    }

    /** Whether the current value of an option lies within its bounds. */
    static boolean admits(OptionSpec option) {
        return OptionKey.annotation(option, ValueRange.class).map(within -> switch (option.<Object>getValue()) {
            case Duration time -> Durations.parse(within.least()).compareTo(time) <= 0
                    && time.compareTo(Durations.parse(within.most())) <= 0;
            case Number number -> Double.parseDouble(within.least()) <= number.doubleValue()
                    && number.doubleValue() <= Double.parseDouble(within.most());
            case null -> true;
            case Object other -> throw new IllegalStateException("no bounds are known for " + other.getClass());
        }).orElse(true);
    }
}
