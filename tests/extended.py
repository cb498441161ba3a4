"""A registry with the class of another addon in it, for the time of a test."""


class ExtendedMixin:
    """For test cases: `extend` puts a class between those of a model."""

    def extend(self, name, **attributes):
        """Put a class of another addon between those of a model.

        :param str name: of the model
        :param attributes: of the class; methods may call `super(other, self)`
        :return: the class
        """
        model = self.env.registry[name]
        other = type("Other", (), {"_module": "other", "_name": name, **attributes})
        bases = model.__bases__
        self.addCleanup(self.env.registry.clear_cache)
        self.addCleanup(setattr, model, "__bases__", bases)
        model.__bases__ = (other, *bases)
        self.env.registry.clear_cache()
        return other

    def pass_through(self, name, *methods):
        """An addon that overrides these methods, and changes nothing.

        :return: list of the names that were called, filled by the test
        """
        called = []

        def passing(method):
            def call(records, *arguments, **options):
                called.append(method)
                return getattr(super(other, records), method)(*arguments, **options)

            return call

        other = self.extend(name, **{method: passing(method) for method in methods})
        return called
