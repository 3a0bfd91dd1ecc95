package framebuffer.migration.web;

/**
 * One line of a header.
 *
 * @param name in any case
 */
public record WebHeader(String name, String value) {
    /** Whether it has this name. */
    public boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }
}
