import { describe, expect, test } from 'vitest'
import { usedVariables } from '../../admin/versions/usedVariables.ts'

describe('The variables that a template takes from outside', () => {
  test.each([
    ['Describe {{ product }} at {{ price }}.', ['product', 'price']],
    ['{{ product.name | upcase }} {{ product.name }}', ['product']],
    ['{{ list | join: ", " }} {{- name -}}', ['list', 'name']],
    ['{% if isNew and stock > 3 %}New{% elsif old %}Old{% endif %}', ['isNew', 'stock', 'old']],
    ['{% for item in items limit: most %}{{ item.name }} {{ forloop.index }}{% endfor %}', ['items', 'most']],
    ['{% assign total = price | times: count %}{{ total }}', ['price', 'count']],
    ['{% case kind %}{% when "pear" %}{{ pear }}{% endcase %}', ['kind', 'pear']],
    ['Nothing but words, and { single } braces', []],
    ['{{ "product" }} {{ \'price\' }}', []],
  ])('%s', (template, names) => {
    expect(usedVariables(template)).toEqual(names)
  })
})
