package framebuffer.app.settings;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options that were not given are taken from the environment: {@code --redis-url} from {@code REDIS_URL}. */
public record EnvironmentDefaults(Map<String, String> environment) implements IDefaultValueProvider {

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)) {
            return null;
        }
        String value = environment.get(variable(option.longestName()));
        return value == null || value.isBlank() ? null : value;
    }

    public static String variable(String option) {
        return option.replaceFirst("^-+", "").replace('-', '_').replace('.', '_').toUpperCase(Locale.ROOT);
    }
}
