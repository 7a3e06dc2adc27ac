/** What Puck's own parts of the canvas say. Its fields, header and outline are not shown: ours are. */
export const puckWords = {
  en: {
    'action-selectparent': 'Select what it stands in',
    'action-duplicate': 'Duplicate',
    'action-delete': 'Remove',
    'label-component': 'Block',
    'loader-loading': 'Loading',
  },
  fr: {
    'action-selectparent': 'Sélectionner ce qui le contient',
    'action-duplicate': 'Dupliquer',
    'action-delete': 'Enlever',
    'label-component': 'Bloc',
    'loader-loading': 'Chargement',
  },
}
