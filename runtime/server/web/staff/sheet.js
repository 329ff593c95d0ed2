// Forms of the pages that the server renders: each is a call of the API, after which the page is asked for again.
for (const form of document.querySelectorAll('form[data-call]')) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''))
    let said
    try {
      const res = await fetch('/api/staff' + form.dataset.call, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(given) })
      if (res.ok || res.status === 401) return location.reload()
      const answer = await res.json().catch(() => ({}))
      said = answer.detail || answer.title
    } catch { said = 'the server does not answer' }
    const at = document.getElementById('said')
    at.textContent = (said || 'that did not work') + '.'
    at.scrollIntoView({ block: 'center' })
  })
}
