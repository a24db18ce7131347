"""What a class does when an attribute or an item is deleted, and when it is stored under a name that it computes."""

from tests.programs.corpus import program


class Tripled:
    def __init__(self, value):
        self.value = value

    @property
    def part(self):
        return self.value

    @part.deleter
    def part(self):
        self.value = self.value * 3


class Squared:
    def __init__(self, value):
        self.value = value

    def __delattr__(self, name):
        if name == "part":
            self.value = self.value**2
        else:
            super().__delattr__(name)


class Column:
    def __init__(self, values):
        self.values = values
        self.removed = 0.0

    def __delitem__(self, position):
        self.removed -= self.values[position]
        del self.values[position]


class Doubled:
    def __init__(self, value):
        self.value = value

    @property
    def part(self):
        return self.value

    @part.setter
    def part(self, value):
        self.value = value

    def __setattr__(self, name, value):
        super().__setattr__(name, value * value if name == "part" else value)


class Halving:
    def __delete__(self, owner):
        owner.value = owner.value / 2


class Owner:
    half = Halving()

    def __init__(self, value):
        self.value = value


@program(0.4, 1.3)
def property_with_a_deleter(x, y):
    held = [Tripled(x), Tripled(y)]
    for item in held:
        del item.part
    return sum(item.part**2 for item in held)


@program(0.4, 1.3)
def property_deleted_of_an_object_in_a_variable(x, y):
    item = Tripled(x * y)
    del item.part
    return item.part * y


@program(0.4, 1.3)
def property_deleted_under_another_name(x, y):
    item = Tripled(x)
    other = item
    for _ in range(2):
        del other.part
    return item.part * other.value * y


@program(0.4, 1.3)
def class_that_says_what_deleting_does(x, y):
    held = [Squared(x), Squared(y)]
    for item in held:
        del item.part
        item.extra = item.value * 2
        kept = item.extra
        del item.extra
        item.value = item.value * kept
    return sum(item.value for item in held)


@program(0.4, 1.3)
def descriptor_that_is_deleted(x, y):
    held = [Owner(x), Owner(y)]
    for item in held:
        del item.half
    return held[0].value * held[1].value ** 2


@program(0.4, 1.3)
def items_deleted_by_a_class(x, y):
    columns = [Column([x, y, x * y]), Column([y, x])]
    for column in columns:
        del column[1]
    return columns[0].removed * sum(columns[1].values) + columns[1].removed * sum(columns[0].values)


@program(0.4, 1.3)
def stored_by_the_class_before_its_property(x, y):
    held = [Doubled(x), Doubled(y)]
    for item in held:
        item.part = item.part * 3
    return held[0].value * held[1].part
