package framebuffer.app.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Provides the values of options that are not on the command line, and their origins. */
interface OptionSource extends IDefaultValueProvider {

    /** The value of an option; empty: not set. */
    Optional<OptionValue> find(OptionSpec option);

    /** The value, escaped: picocli replaces <code>${…}</code> and {@code $$} in default values. */
    @Override
    default @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? find(option).map(one -> one.value().replace("$", "$$")).orElse(null)
                : null;
    }
}
